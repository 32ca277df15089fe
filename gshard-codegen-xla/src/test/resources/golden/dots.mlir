module @dots attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%x: tensor<3x4x5xf32>, %y: tensor<3x5x6xf32>) -> (tensor<3x4x6xf32>, tensor<4x6xf32>, tensor<4x5x5x6xf32>, tensor<3x4x6xf32>) {
    %convert = "stablehlo.convert"(%x) : (tensor<3x4x5xf32>) -> tensor<3x4x5xbf16> loc("Model.java":12:7)
    %convert.1 = "stablehlo.convert"(%y) : (tensor<3x5x6xf32>) -> tensor<3x5x6xbf16> loc("Model.java":12:7)
    %dot = "stablehlo.dot_general"(%x, %y) <{dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = [0], rhs_batching_dimensions = [0], lhs_contracting_dimensions = [2], rhs_contracting_dimensions = [1]>}> : (tensor<3x4x5xf32>, tensor<3x5x6xf32>) -> tensor<3x4x6xf32> loc("Model.java":12:7)
    %dot.1 = "stablehlo.dot_general"(%x, %y) <{dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = [], rhs_batching_dimensions = [], lhs_contracting_dimensions = [2, 0], rhs_contracting_dimensions = [1, 0]>}> : (tensor<3x4x5xf32>, tensor<3x5x6xf32>) -> tensor<4x6xf32> loc("Model.java":12:7)
    %dot.2 = "stablehlo.dot_general"(%x, %y) <{dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = [], rhs_batching_dimensions = [], lhs_contracting_dimensions = [0], rhs_contracting_dimensions = [0]>}> : (tensor<3x4x5xf32>, tensor<3x5x6xf32>) -> tensor<4x5x5x6xf32> loc("Model.java":12:7)
    %dot.3 = "stablehlo.dot_general"(%convert, %convert.1) <{dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = [0], rhs_batching_dimensions = [0], lhs_contracting_dimensions = [2], rhs_contracting_dimensions = [1]>}> : (tensor<3x4x5xbf16>, tensor<3x5x6xbf16>) -> tensor<3x4x6xf32> loc("Model.java":12:7)
    "func.return"(%dot, %dot.1, %dot.2, %dot.3) : (tensor<3x4x6xf32>, tensor<4x6xf32>, tensor<4x5x5x6xf32>, tensor<3x4x6xf32>) -> ()
  }
}
