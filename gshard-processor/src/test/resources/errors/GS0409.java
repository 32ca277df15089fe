package errors;

import static io.gshard.tensor.Ops.*;

import io.gshard.annotation.*;
import io.gshard.annotation.Module;
import io.gshard.nn.*;
import io.gshard.tensor.*;
import java.util.List;

@Model
@Config(name = "Tiny", sizes = "B=8 M=4 H=6 L=3", mesh = "data=2, model=2")
public class GS0409 {
  @Stack("L")
  List<Layer> layers;

  @Program
  Tensor forward(@Dims("B M") Tensor x) {
    Tensor y = x;
    int n = 0;
    for (Layer layer : layers) {
      y = layer.apply(y);
      n++; // ERROR GS0409
    }
    y = layers.get(0).apply(y); // ERROR GS0409
    return y.times(n);
  }
}

@Module
class Layer {
  @Dims("M M")
  Tensor w;

  Tensor apply(Tensor x) {
    return einsum("BM,MN->BN", x, w);
  }
}
