package errors;

import static io.gshard.tensor.Ops.*;

import io.gshard.annotation.*;
import io.gshard.annotation.Module;
import io.gshard.nn.*;
import io.gshard.tensor.*;
import java.util.List;

@Model
@Config(name = "Tiny", sizes = "B=8 M:4") // ERROR GS0104
public class GS0104 {
  @Program
  Tensor forward(@Dims("B M") Tensor x) {
    return x;
  }
}
