package errors;

import static io.gshard.tensor.Ops.*;

import io.gshard.annotation.*;
import io.gshard.annotation.Module;
import io.gshard.nn.*;
import io.gshard.tensor.*;
import java.util.List;

@Model
@Config(name = "Tiny", sizes = "B=8 M=4")
public class GS0501 { // ERROR GS0501
  @Dims(value = "M", type = DType.C64)
  Tensor w;

  @Program
  @Dims(value = "M", type = DType.C64)
  Tensor forward() {
    return w.times(2);
  }
}
