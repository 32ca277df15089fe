#devices0 = dense<[[0, 4], [1, 5], [2, 6], [3, 7]]> : tensor<4x2xi64>
#devices1 = dense<[[0, 4], [4, 0], [1, 5], [5, 1], [2, 6], [6, 2], [3, 7], [7, 3]]> : tensor<8x2xi64>
module @jit_f attributes {mhlo.num_partitions = 8 : i32, mhlo.num_replicas = 1 : i32} {
  sdy.mesh @mesh = <["d0"=2, "d1"=4]>
  func.func public @main(%x.0: tensor<8x16xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"d0"}, {"d1"}]>}, %w.0: tensor<16x12xf32> {sdy.sharding = #sdy.sharding<@mesh, [{}, {"d1"}]>}) -> (tensor<8x12xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"d0"}, {"d1"}]>}) {
    %shard_map.1 = "sdy.sharding_constraint"(%x.0) <{sharding = #sdy.sharding<@mesh, [{"d0"}, {"d1"}]>}> : (tensor<8x16xf32>) -> tensor<8x16xf32>
    %shard_map.3 = "sdy.sharding_constraint"(%w.0) <{sharding = #sdy.sharding<@mesh, [{}, {"d1"}]>}> : (tensor<16x12xf32>) -> tensor<16x12xf32>
    %shard_map.17:1 = "sdy.manual_computation"(%shard_map.1, %shard_map.3) <{in_shardings = #sdy.sharding_per_value<[<@mesh, [{"d0", ?}, {?}]>, <@mesh, [{?}, {?}]>]>, manual_axes = #sdy<manual_axes{"d0"}>, out_shardings = #sdy.sharding_per_value<[<@mesh, [{"d0", ?}, {?}]>]>}> ({
    ^bb0(%shard_map.2: tensor<4x16xf32>, %shard_map.14: tensor<16x12xf32>):
      %shard_map.15 = "func.call"(%shard_map.2, %shard_map.14) <{callee = @xla.sdy.inlinable_manual_computation_body.4}> {sdy.sharding = #sdy.sharding_per_value<[<@mesh, [{}, {"d1"}]>]>} : (tensor<4x16xf32>, tensor<16x12xf32>) -> tensor<4x12xf32>
      %shard_map.16 = "sdy.sharding_constraint"(%shard_map.15) <{sharding = #sdy.sharding<@mesh, [{}, {"d1"}]>}> : (tensor<4x12xf32>) -> tensor<4x12xf32>
      "sdy.return"(%shard_map.16) : (tensor<4x12xf32>) -> ()
    }) : (tensor<8x16xf32>, tensor<16x12xf32>) -> (tensor<8x12xf32>)
    "func.return"(%shard_map.17#0) : (tensor<8x12xf32>) -> ()
  }
  func.func private @xla.sdy.inlinable_manual_computation_body.4(%shard_map.0: tensor<4x16xf32> {sdy.sharding = #sdy.sharding<@mesh, [{}, {"d1"}]>}, %shard_map.7: tensor<16x12xf32> {sdy.sharding = #sdy.sharding<@mesh, [{}, {"d1"}]>}) -> (tensor<4x12xf32> {sdy.sharding = #sdy.sharding<@mesh, [{}, {"d1"}]>}) {
    %constant.3 = "stablehlo.constant"() <{value = dense<0> : tensor<i32>}> {sdy.sharding = #sdy.sharding_per_value<[<@mesh, []>]>} : () -> tensor<i32>
    %dot_general.0 = "stablehlo.dot_general"(%shard_map.0, %shard_map.7) <{dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = [], rhs_batching_dimensions = [], lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [0]>}> {sdy.sharding = #sdy.sharding_per_value<[<@mesh, [{}, {"d1"}]>]>} : (tensor<4x16xf32>, tensor<16x12xf32>) -> tensor<4x12xf32>
    %dot_general.1 = "sdy.sharding_constraint"(%dot_general.0) <{sharding = #sdy.sharding<@mesh, [{}, {"d1"}]>}> : (tensor<4x12xf32>) -> tensor<4x12xf32>
    %tanh.0 = "stablehlo.tanh"(%dot_general.1) {sdy.sharding = #sdy.sharding_per_value<[<@mesh, [{}, {"d1"}]>]>} : (tensor<4x12xf32>) -> tensor<4x12xf32>
    %tanh.1 = "sdy.sharding_constraint"(%tanh.0) <{sharding = #sdy.sharding<@mesh, [{}, {"d1"}]>}> : (tensor<4x12xf32>) -> tensor<4x12xf32>
    %psum_invariant.4 = "stablehlo.all_reduce"(%tanh.1) <{replica_groups = #devices0, channel_handle = #stablehlo.channel_handle<handle = 1, type = 1>, use_global_device_ids}> ({ ^bb0(%x: tensor<f32>, %y: tensor<f32>): %r = "stablehlo.add"(%x, %y) : (tensor<f32>, tensor<f32>) -> tensor<f32> "stablehlo.return"(%r) : (tensor<f32>) -> () }) {sdy.sharding = #sdy.sharding_per_value<[<@mesh, [{}, {"d1"}]>]>} : (tensor<4x12xf32>) -> tensor<4x12xf32>
    %add.20 = "stablehlo.add"(%psum_invariant.4, %tanh.1) {sdy.sharding = #sdy.sharding_per_value<[<@mesh, [{}, {"d1"}]>]>} : (tensor<4x12xf32>, tensor<4x12xf32>) -> tensor<4x12xf32>
    %add.21 = "sdy.sharding_constraint"(%add.20) <{sharding = #sdy.sharding<@mesh, [{}, {"d1"}]>}> : (tensor<4x12xf32>) -> tensor<4x12xf32>
    %while.1:2 = "stablehlo.while"(%constant.3, %add.21) ({
    ^bb0(%arg_tuple.2: tensor<i32>, %arg_tuple.2_1: tensor<4x12xf32>):
      %lt.0 = "sdy.sharding_constraint"(%arg_tuple.2) <{sharding = #sdy.sharding<@mesh, []>}> : (tensor<i32>) -> tensor<i32>
      %constant.1 = "stablehlo.constant"() <{value = dense<3> : tensor<i32>}> {sdy.sharding = #sdy.sharding_per_value<[<@mesh, []>]>} : () -> tensor<i32>
      %lt.1 = "sdy.sharding_constraint"(%constant.1) <{sharding = #sdy.sharding<@mesh, []>}> : (tensor<i32>) -> tensor<i32>
      %lt.2 = "stablehlo.compare"(%lt.0, %lt.1) <{comparison_direction = #stablehlo<comparison_direction LT>}> {sdy.sharding = #sdy.sharding_per_value<[<@mesh, []>]>} : (tensor<i32>, tensor<i32>) -> tensor<i1>
      "stablehlo.return"(%lt.2) : (tensor<i1>) -> ()
    }, {
    ^bb0(%arg_tuple.0: tensor<i32>, %arg_tuple.0_1: tensor<4x12xf32>):
      %add.12 = "sdy.sharding_constraint"(%arg_tuple.0) <{sharding = #sdy.sharding<@mesh, []>}> : (tensor<i32>) -> tensor<i32>
      %constant.0 = "stablehlo.constant"() <{value = dense<1> : tensor<i32>}> {sdy.sharding = #sdy.sharding_per_value<[<@mesh, []>]>} : () -> tensor<i32>
      %add.13 = "sdy.sharding_constraint"(%constant.0) <{sharding = #sdy.sharding<@mesh, []>}> : (tensor<i32>) -> tensor<i32>
      %add.6 = "stablehlo.add"(%add.12, %add.13) {sdy.sharding = #sdy.sharding_per_value<[<@mesh, []>]>} : (tensor<i32>, tensor<i32>) -> tensor<i32>
      %add.7 = "sdy.sharding_constraint"(%add.6) <{sharding = #sdy.sharding<@mesh, []>}> : (tensor<i32>) -> tensor<i32>
      %sin.4 = "stablehlo.sine"(%arg_tuple.0_1) {sdy.sharding = #sdy.sharding_per_value<[<@mesh, [{}, {"d1"}]>]>} : (tensor<4x12xf32>) -> tensor<4x12xf32>
      %sin.5 = "sdy.sharding_constraint"(%sin.4) <{sharding = #sdy.sharding<@mesh, [{}, {"d1"}]>}> : (tensor<4x12xf32>) -> tensor<4x12xf32>
      %ppermute.2 = "stablehlo.collective_permute"(%arg_tuple.0_1) <{source_target_pairs = #devices1, channel_handle = #stablehlo.channel_handle<handle = 2, type = 1>}> {sdy.sharding = #sdy.sharding_per_value<[<@mesh, [{}, {"d1"}]>]>} : (tensor<4x12xf32>) -> tensor<4x12xf32>
      %add.10 = "stablehlo.add"(%sin.5, %ppermute.2) {sdy.sharding = #sdy.sharding_per_value<[<@mesh, [{}, {"d1"}]>]>} : (tensor<4x12xf32>, tensor<4x12xf32>) -> tensor<4x12xf32>
      %add.11 = "sdy.sharding_constraint"(%add.10) <{sharding = #sdy.sharding<@mesh, [{}, {"d1"}]>}> : (tensor<4x12xf32>) -> tensor<4x12xf32>
      "stablehlo.return"(%add.7, %add.11) : (tensor<i32>, tensor<4x12xf32>) -> ()
    }) : (tensor<i32>, tensor<4x12xf32>) -> (tensor<i32>, tensor<4x12xf32>)
    %while.1_1 = "sdy.sharding_constraint"(%while.1#0) <{sharding = #sdy.sharding<@mesh, []>}> : (tensor<i32>) -> tensor<i32>
    %while.1_2 = "sdy.sharding_constraint"(%while.1#1) <{sharding = #sdy.sharding<@mesh, [{}, {"d1"}]>}> : (tensor<4x12xf32>) -> tensor<4x12xf32>
    %while.4 = "sdy.sharding_constraint"(%while.1_2) <{sharding = #sdy.sharding<@mesh, [{}, {"d1"}]>}> : (tensor<4x12xf32>) -> tensor<4x12xf32>
    "func.return"(%while.4) : (tensor<4x12xf32>) -> ()
  }
}
