package errors;

import static io.gshard.tensor.Ops.*;

import io.gshard.annotation.*;
import io.gshard.annotation.Module;
import io.gshard.nn.*;
import io.gshard.tensor.*;
import java.util.List;

@Model
@Config(name = "Tiny", sizes = "B=8 M=4")
public class GS0502 { // ERROR GS0502
  @Dims("M")
  Tensor w;

  @Program
  Tensor forward(@Dims("B M") Tensor x) {
    return x.times(w);
  }
}
