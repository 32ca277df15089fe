// OPTION -Agshard.warnBytes=16
package errors;

import static io.gshard.tensor.Ops.*;

import io.gshard.annotation.*;
import io.gshard.annotation.Module;
import io.gshard.nn.*;
import io.gshard.tensor.*;
import java.util.List;

@Model
@Config(name = "Tiny", sizes = "B=8 M=4", mesh = "data=2")
public class GS0306 {
  @Program
  Tensor forward(
      @Split(dim = 0) @Dims("B M") Tensor x, @Split(dim = 1) @Dims("B M") Tensor y) {
    return x.plus(y); // WARNING GS0306
  }
}
