module @sorted attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%keys: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xi32>, tensor<4x3xf32>, tensor<4x3xi32>) {
    %iota = "stablehlo.iota"() <{iota_dimension = 1 : i64}> : () -> tensor<4x8xi32> loc("Model.java":12:7)
    %sort:2 = "stablehlo.sort"(%keys, %iota) <{dimension = 1 : i64, is_stable = true}> ({
    ^bb0(%left: tensor<f32>, %right: tensor<f32>, %l: tensor<i32>, %r: tensor<i32>):
      %compare = "stablehlo.compare"(%left, %right) <{comparison_direction = #stablehlo<comparison_direction LT>}> : (tensor<f32>, tensor<f32>) -> tensor<i1>
      "stablehlo.return"(%compare) : (tensor<i1>) -> ()
    }) : (tensor<4x8xf32>, tensor<4x8xi32>) -> (tensor<4x8xf32>, tensor<4x8xi32>) loc("Model.java":12:7)
    %top-k_places = "stablehlo.iota"() <{iota_dimension = 1 : i64}> : () -> tensor<4x8xi32> loc("Model.java":12:7)
    %top-k_sorted:2 = "stablehlo.sort"(%keys, %top-k_places) <{dimension = 1 : i64, is_stable = true}> ({
    ^bb0(%left_1: tensor<f32>, %right_1: tensor<f32>, %left_place: tensor<i32>, %right_place: tensor<i32>):
      %compare-total = "stablehlo.compare"(%left_1, %right_1) <{comparison_direction = #stablehlo<comparison_direction LT>, compare_type = #stablehlo<comparison_type TOTALORDER>}> : (tensor<f32>, tensor<f32>) -> tensor<i1>
      "stablehlo.return"(%compare-total) : (tensor<i1>) -> ()
    }) : (tensor<4x8xf32>, tensor<4x8xi32>) -> (tensor<4x8xf32>, tensor<4x8xi32>) loc("Model.java":12:7)
    %top-k_first = "stablehlo.slice"(%top-k_sorted#0) <{start_indices = array<i64: 0, 0>, limit_indices = array<i64: 4, 3>, strides = array<i64: 1, 1>}> : (tensor<4x8xf32>) -> tensor<4x3xf32> loc("Model.java":12:7)
    %top-k_first_1 = "stablehlo.slice"(%top-k_sorted#1) <{start_indices = array<i64: 0, 0>, limit_indices = array<i64: 4, 3>, strides = array<i64: 1, 1>}> : (tensor<4x8xi32>) -> tensor<4x3xi32> loc("Model.java":12:7)
    "func.return"(%sort#0, %sort#1, %top-k_first, %top-k_first_1) : (tensor<4x8xf32>, tensor<4x8xi32>, tensor<4x3xf32>, tensor<4x3xi32>) -> ()
  }
}
