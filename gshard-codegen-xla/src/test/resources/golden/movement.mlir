module @movement attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%x: tensor<4x8xf32>, %s: tensor<f32>, %i: tensor<i32>) -> (tensor<2x3xf32>, tensor<3x2xi32>, tensor<4x2x8xf32>, tensor<3xf32>, tensor<2x16xf32>, tensor<8x4xf32>, tensor<4x8xf32>, tensor<5x9xf32>, tensor<11x15xf32>, tensor<f32>, tensor<f32>, tensor<12x8xf32>, tensor<2x3xf32>, tensor<4x8xf32>) {
    %slice = "stablehlo.slice"(%x) <{start_indices = array<i64: 0, 0>, limit_indices = array<i64: 2, 8>, strides = array<i64: 1, 3>}> : (tensor<4x8xf32>) -> tensor<2x3xf32> loc("Model.java":12:7)
    %iota = "stablehlo.iota"() <{iota_dimension = 1 : i64}> : () -> tensor<3x2xi32> loc("Model.java":12:7)
    %broadcast = "stablehlo.broadcast_in_dim"(%x) <{broadcast_dimensions = array<i64: 0, 2>}> : (tensor<4x8xf32>) -> tensor<4x2x8xf32> loc("Model.java":12:7)
    %broadcast.1 = "stablehlo.broadcast_in_dim"(%s) <{broadcast_dimensions = array<i64>}> : (tensor<f32>) -> tensor<3xf32> loc("Model.java":12:7)
    %reshape = "stablehlo.reshape"(%x) : (tensor<4x8xf32>) -> tensor<2x16xf32> loc("Model.java":12:7)
    %transpose = "stablehlo.transpose"(%x) <{permutation = array<i64: 1, 0>}> : (tensor<4x8xf32>) -> tensor<8x4xf32> loc("Model.java":12:7)
    %reverse = "stablehlo.reverse"(%x) <{dimensions = array<i64: 1>}> : (tensor<4x8xf32>) -> tensor<4x8xf32> loc("Model.java":12:7)
    %pad = "stablehlo.pad"(%x, %s) <{edge_padding_low = array<i64: 1, -1>, edge_padding_high = array<i64: 0, 2>, interior_padding = array<i64: 0, 0>}> : (tensor<4x8xf32>, tensor<f32>) -> tensor<5x9xf32> loc("Model.java":12:7)
    %pad.1 = "stablehlo.pad"(%x, %s) <{edge_padding_low = array<i64: 1, 0>, edge_padding_high = array<i64: 0, 0>, interior_padding = array<i64: 2, 1>}> : (tensor<4x8xf32>, tensor<f32>) -> tensor<11x15xf32> loc("Model.java":12:7)
    %pad.2 = "stablehlo.pad"(%s, %s) <{edge_padding_low = array<i64>, edge_padding_high = array<i64>, interior_padding = array<i64>}> : (tensor<f32>, tensor<f32>) -> tensor<f32> loc("Model.java":12:7)
    %slice.1 = "stablehlo.slice"(%s) <{start_indices = array<i64>, limit_indices = array<i64>, strides = array<i64>}> : (tensor<f32>) -> tensor<f32> loc("Model.java":12:7)
    %concatenate = "stablehlo.concatenate"(%x, %x, %x) <{dimension = 0 : i64}> : (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<12x8xf32> loc("Model.java":12:7)
    %dynamic-slice = "stablehlo.dynamic_slice"(%x, %i, %i) <{slice_sizes = array<i64: 2, 3>}> : (tensor<4x8xf32>, tensor<i32>, tensor<i32>) -> tensor<2x3xf32> loc("Model.java":12:7)
    %dynamic-update-slice = "stablehlo.dynamic_update_slice"(%x, %slice, %i, %i) : (tensor<4x8xf32>, tensor<2x3xf32>, tensor<i32>, tensor<i32>) -> tensor<4x8xf32> loc("Model.java":12:7)
    "func.return"(%slice, %iota, %broadcast, %broadcast.1, %reshape, %transpose, %reverse, %pad, %pad.1, %pad.2, %slice.1, %concatenate, %dynamic-slice, %dynamic-update-slice) : (tensor<2x3xf32>, tensor<3x2xi32>, tensor<4x2x8xf32>, tensor<3xf32>, tensor<2x16xf32>, tensor<8x4xf32>, tensor<4x8xf32>, tensor<5x9xf32>, tensor<11x15xf32>, tensor<f32>, tensor<f32>, tensor<12x8xf32>, tensor<2x3xf32>, tensor<4x8xf32>) -> ()
  }
}
