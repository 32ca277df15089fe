package errors;

import static io.gshard.tensor.Ops.*;

import io.gshard.annotation.*;
import io.gshard.annotation.Module;
import io.gshard.nn.*;
import io.gshard.tensor.*;
import java.util.List;

@Model
@Config(name = "Tiny", sizes = "B=8 M=4 H=6 L=3", mesh = "data=2, model=2")
public class GS0402 {
  static int n = 3;

  @Program
  Tensor forward(@Dims("B M") Tensor x) {
    Object o = x;
    boolean tensor = o instanceof Tensor; // ERROR GS0402
    return tensor ? x : x.times(n); // ERROR GS0402
  }
}
