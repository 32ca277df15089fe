package errors;

import static io.gshard.tensor.Ops.*;

import io.gshard.annotation.*;
import io.gshard.annotation.Module;
import io.gshard.nn.*;
import io.gshard.tensor.*;
import java.util.List;

@Model
public class GS0102 { // ERROR GS0102
  @Program
  Tensor forward(@Dims("B M") Tensor x) {
    return x;
  }
}
