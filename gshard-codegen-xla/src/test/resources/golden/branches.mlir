module @branches attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%index: tensor<i32>, %flag: tensor<i1>, %x: tensor<4x8xf32>) -> (tensor<4x8xf32>, tensor<4x8xf32>) {
    %conditional = "stablehlo.case"(%index) ({
      %add = "stablehlo.add"(%x, %x) : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
      "stablehlo.return"(%add) : (tensor<4x8xf32>) -> ()
    }, {
      %negate = "stablehlo.negate"(%x) : (tensor<4x8xf32>) -> tensor<4x8xf32>
      "stablehlo.return"(%negate) : (tensor<4x8xf32>) -> ()
    }, {
      %add_1 = "stablehlo.add"(%x, %x) : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
      "stablehlo.return"(%add_1) : (tensor<4x8xf32>) -> ()
    }) : (tensor<i32>) -> tensor<4x8xf32> loc("Model.java":12:7)
    %conditional.1 = "stablehlo.if"(%flag) ({
      %add_2 = "stablehlo.add"(%x, %x) : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
      "stablehlo.return"(%add_2) : (tensor<4x8xf32>) -> ()
    }, {
      %negate_1 = "stablehlo.negate"(%x) : (tensor<4x8xf32>) -> tensor<4x8xf32>
      "stablehlo.return"(%negate_1) : (tensor<4x8xf32>) -> ()
    }) : (tensor<i1>) -> tensor<4x8xf32> loc("Model.java":12:7)
    "func.return"(%conditional, %conditional.1) : (tensor<4x8xf32>, tensor<4x8xf32>) -> ()
  }
}
