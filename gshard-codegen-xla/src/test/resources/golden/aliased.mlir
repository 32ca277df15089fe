module @aliased attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%state: tensor<4x8xf32> {tf.aliasing_output = 1 : i32}, %y: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
    %add = "stablehlo.add"(%state, %y) : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32> loc("Model.java":12:7)
    "func.return"(%y, %add) : (tensor<4x8xf32>, tensor<4x8xf32>) -> ()
  }
}
