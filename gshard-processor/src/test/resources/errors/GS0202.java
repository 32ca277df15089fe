package errors;

import static io.gshard.tensor.Ops.*;

import io.gshard.annotation.*;
import io.gshard.annotation.Module;
import io.gshard.nn.*;
import io.gshard.tensor.*;
import java.util.List;

@Model
@Config(name = "Tiny", sizes = "B=8 M=4 H=6 L=3", mesh = "data=2, model=2")
public class GS0202 {
  @Dims("H M")
  Tensor w;

  @Program
  Tensor forward(@Dims("B M") Tensor x) {
    Tensor y = einsum("BM,MH->BH", x, w); // ERROR GS0202
    Tensor z = x.plus(w); // ERROR GS0202
    return y.plus(z);
  }
}
