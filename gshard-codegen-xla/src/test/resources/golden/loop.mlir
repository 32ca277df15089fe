module @loop attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%x: tensor<4x8xf32>) -> (tensor<i32>, tensor<4x8xf32>) {
    %constant = "stablehlo.constant"() <{value = dense<0> : tensor<i32>}> : () -> tensor<i32> loc("Model.java":12:7)
    %while:2 = "stablehlo.while"(%constant, %x) ({
    ^bb0(%state: tensor<i32>, %state_1: tensor<4x8xf32>):
      %constant_1 = "stablehlo.constant"() <{value = dense<5> : tensor<i32>}> : () -> tensor<i32>
      %compare = "stablehlo.compare"(%state, %constant_1) <{comparison_direction = #stablehlo<comparison_direction LT>}> : (tensor<i32>, tensor<i32>) -> tensor<i1>
      "stablehlo.return"(%compare) : (tensor<i1>) -> ()
    }, {
    ^bb0(%state_2: tensor<i32>, %state_3: tensor<4x8xf32>):
      %constant_2 = "stablehlo.constant"() <{value = dense<1> : tensor<i32>}> : () -> tensor<i32>
      %add = "stablehlo.add"(%state_2, %constant_2) : (tensor<i32>, tensor<i32>) -> tensor<i32>
      %constant.1 = "stablehlo.constant"() <{value = dense<1.5> : tensor<f32>}> : () -> tensor<f32>
      %broadcast = "stablehlo.broadcast_in_dim"(%constant.1) <{broadcast_dimensions = array<i64>}> : (tensor<f32>) -> tensor<4x8xf32>
      %multiply = "stablehlo.multiply"(%state_3, %broadcast) : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
      "stablehlo.return"(%add, %multiply) : (tensor<i32>, tensor<4x8xf32>) -> ()
    }) : (tensor<i32>, tensor<4x8xf32>) -> (tensor<i32>, tensor<4x8xf32>) loc("Model.java":12:7)
    %call = "func.call"(%while#1) <{callee = @scale}> : (tensor<4x8xf32>) -> tensor<4x8xf32> loc("Model.java":12:7)
    "func.return"(%while#0, %call) : (tensor<i32>, tensor<4x8xf32>) -> ()
  }
  func.func private @scale(%x: tensor<4x8xf32>) -> (tensor<4x8xf32>) {
    %add = "stablehlo.add"(%x, %x) : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
    "func.return"(%add) : (tensor<4x8xf32>) -> ()
  }
}
