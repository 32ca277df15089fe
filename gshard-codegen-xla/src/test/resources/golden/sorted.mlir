module @sorted attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%keys: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xi32>) {
    %iota = "stablehlo.iota"() <{iota_dimension = 1 : i64}> : () -> tensor<4x8xi32> loc("Model.java":12:7)
    %sort:2 = "stablehlo.sort"(%keys, %iota) <{dimension = 1 : i64, is_stable = true}> ({
    ^bb0(%left: tensor<f32>, %right: tensor<f32>, %l: tensor<i32>, %r: tensor<i32>):
      %compare = "stablehlo.compare"(%left, %right) <{comparison_direction = #stablehlo<comparison_direction LT>}> : (tensor<f32>, tensor<f32>) -> tensor<i1>
      "stablehlo.return"(%compare) : (tensor<i1>) -> ()
    }) : (tensor<4x8xf32>, tensor<4x8xi32>) -> (tensor<4x8xf32>, tensor<4x8xi32>) loc("Model.java":12:7)
    "func.return"(%sort#0, %sort#1) : (tensor<4x8xf32>, tensor<4x8xi32>) -> ()
  }
}
