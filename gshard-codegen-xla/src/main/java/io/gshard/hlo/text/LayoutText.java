package io.gshard.hlo.text;

import io.gshard.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;

/**
 * In which order the dims of an array lie in memory, as a type's {@code {0,1}} says, the minor one
 * first. Our graph has none: arrays are values. Only what a {@code bitcast} gives depends on it.
 *
 * @param major the dims, the major one first
 * @param tiled whether the array is cut into tiles, so that there is no such order of elements
 */
record LayoutText(List<Integer> major, boolean tiled) {
  private static final Pattern SAID = Pattern.compile("\\]\\{([0-9,]{0,300})(.*)\\}");

  LayoutText {
    major = List.copyOf(major);
  }

  /** Of the array type that stands here; where nothing is said, the last dim is the minor one. */
  static LayoutText of(Cursor type, Shape shape) {
    type.name();
    Matcher said = SAID.matcher(type.value().toString());
    List<Integer> minor = new ArrayList<>();
    if (said.find()) {
      for (String dim : said.group(1).split(",")) {
        if (dim.matches("[0-9]{1,3}")) {
          minor.add(Integer.parseInt(dim));
        }
      }
    }
    boolean order = minor.stream().sorted().toList().equals(dims(shape));
    return new LayoutText(
        order ? minor.reversed() : dims(shape), said.hasMatch() && said.group(2).contains("T("));
  }

  private static List<Integer> dims(Shape shape) {
    return IntStream.range(0, shape.rank()).boxed().toList();
  }

  boolean isRowMajor() {
    return IntStream.range(0, major.size()).allMatch(i -> major.get(i) == i);
  }

  /** The dims' sizes in the order of memory. */
  List<Long> physical(Shape shape) {
    return major.stream().map(shape::dim).toList();
  }

  /** The permutation that leads back from the order of memory. */
  List<Integer> back() {
    List<Integer> back = new ArrayList<>(Collections.nCopies(major.size(), 0));
    for (int place = 0; place < back.size(); place++) {
      back.set(major.get(place), place);
    }
    return back;
  }
}
