package errors;

import static io.gshard.tensor.Ops.*;

import io.gshard.annotation.*;
import io.gshard.annotation.Module;
import io.gshard.nn.*;
import io.gshard.tensor.*;
import java.util.List;

@Model
@Config(name = "Tiny", sizes = "B=8 M=4 H=6 L=3", mesh = "data=2, model=2")
public class GS0410 {
  @Program
  Tensor forward(@Dims("B M") Tensor x) {
    if (size("H") % 4 != 0) {
      throw new IllegalArgumentException("H must be a multiple of 4"); // ERROR GS0410
    }
    return x;
  }
}
