package io.gshard.bench;

import java.util.List;
import java.util.stream.Stream;

/**
 * A matrix product, or several of one shape.
 *
 * @param shape as on the command line: MxKxN or B@MxKxN
 */
record Product(String shape, long batch, long m, long k, long n) {

  static List<Product> parse(String shapes) {
    return Stream.of(shapes.split(",", 0)).map(Product::one).toList();
  }

  private static Product one(String shape) {
    int at = shape.indexOf('@');
    long batch = at < 0 ? 1 : Long.parseLong(shape.substring(0, at));
    long[] dims =
        Stream.of(shape.substring(at + 1).split("x", 0)).mapToLong(Long::parseLong).toArray();
    return new Product(shape, batch, dims[0], dims[1], dims[2]);
  }

  /** As {@code @Config} has them. */
  String sizes() {
    return "B=%d M=%d K=%d N=%d".formatted(batch, m, k, n);
  }

  double flops() {
    return 2.0 * batch * m * k * n;
  }
}
