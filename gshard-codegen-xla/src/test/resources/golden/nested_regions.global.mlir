#devices0 = dense<[[0, 1], [2, 3]]> : tensor<2x2xi64>
module @nested_regions attributes {mhlo.num_partitions = 4 : i32, mhlo.num_replicas = 1 : i32} {
  sdy.mesh @mesh = <["d0"=2, "d1"=2]>
  func.func public @main(%x: tensor<8x4xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"d0"}, {}]>}) -> (tensor<8x4xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"d0"}, {}]>}) {
    %y_1:1 = "sdy.manual_computation"(%x) <{in_shardings = #sdy.sharding_per_value<[<@mesh, [{"d0", ?}, {?}]>]>, manual_axes = #sdy<manual_axes{"d0"}>, out_shardings = #sdy.sharding_per_value<[<@mesh, [{"d0", ?}, {?}]>]>}> ({
    ^bb0(%o: tensor<4x4xf32>):
      %s = "sdy.sharding_constraint"(%o) <{sharding = #sdy.sharding<@mesh, [{}, {"d1"}]>}> : (tensor<4x4xf32>) -> tensor<4x4xf32>
      %e:1 = "sdy.manual_computation"(%s) <{in_shardings = #sdy.sharding_per_value<[<@mesh, [{}, {"d1"}]>]>, manual_axes = #sdy<manual_axes{"d1"}>, out_shardings = #sdy.sharding_per_value<[<@mesh, [{}, {"d1"}]>]>}> ({
      ^bb0(%i: tensor<4x2xf32>):
        %r_1 = "stablehlo.all_reduce"(%i) <{replica_groups = #devices0, channel_handle = #stablehlo.channel_handle<handle = 1, type = 1>, use_global_device_ids}> ({ ^bb0(%x_1: tensor<f32>, %y: tensor<f32>): %r = "stablehlo.add"(%x_1, %y) : (tensor<f32>, tensor<f32>) -> tensor<f32> "stablehlo.return"(%r) : (tensor<f32>) -> () }) : (tensor<4x2xf32>) -> tensor<4x2xf32>
        "sdy.return"(%r_1) : (tensor<4x2xf32>) -> ()
      }) : (tensor<4x4xf32>) -> (tensor<4x4xf32>)
      %t = "stablehlo.tanh"(%e#0) : (tensor<4x4xf32>) -> tensor<4x4xf32>
      "sdy.return"(%t) : (tensor<4x4xf32>) -> ()
    }) : (tensor<8x4xf32>) -> (tensor<8x4xf32>)
    "func.return"(%y_1#0) : (tensor<8x4xf32>) -> ()
  }
}
