// OPTION -Agshard.aot=v3:2x2
package errors;

import static io.gshard.tensor.Ops.*;

import io.gshard.annotation.*;
import io.gshard.annotation.Module;
import io.gshard.nn.*;
import io.gshard.tensor.*;
import java.util.List;

@Model
@Config(name = "Tiny", sizes = "B=8 M=4", mesh = "data=8")
public class GS0503 { // ERROR GS0503
  @Program
  Tensor forward(@Split(dim = 0) @Dims("B M") Tensor x) {
    return x.plus(x);
  }
}
