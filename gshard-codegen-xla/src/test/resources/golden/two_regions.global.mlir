#devices0 = dense<[[0, 1, 2, 3, 4, 5, 6, 7]]> : tensor<1x8xi64>
#devices1 = dense<[[0, 1], [1, 2], [2, 3], [3, 4], [4, 5], [5, 6], [6, 7], [7, 0]]> : tensor<8x2xi64>
module @two_regions attributes {mhlo.num_partitions = 8 : i32, mhlo.num_replicas = 1 : i32} {
  sdy.mesh @mesh = <["d"=8]>
  func.func public @main(%x: tensor<8x6xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"d"}, {}]>}, %w: tensor<6xf32> {sdy.sharding = #sdy.sharding<@mesh, [{}]>}) -> (tensor<8x6xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"d"}, {}]>}, tensor<8x6xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"d"}, {}]>}) {
    %x.cut = "sdy.sharding_constraint"(%x) <{sharding = #sdy.sharding<@mesh, [{"d"}, {}]>}> : (tensor<8x6xf32>) -> tensor<8x6xf32>
    %w.cut = "sdy.sharding_constraint"(%w) <{sharding = #sdy.sharding<@mesh, [{}]>}> : (tensor<6xf32>) -> tensor<6xf32>
    %two = "stablehlo.constant"() <{value = dense<2.0> : tensor<f32>}> : () -> tensor<f32>
    %twos = "stablehlo.broadcast_in_dim"(%two) <{broadcast_dimensions = array<i64>}> : (tensor<f32>) -> tensor<1x6xf32>
    %first:1 = "sdy.manual_computation"(%x.cut, %w.cut, %twos) <{in_shardings = #sdy.sharding_per_value<[<@mesh, [{"d"}, {}]>, <@mesh, [{}]>, <@mesh, [{}, {}]>]>, manual_axes = #sdy<manual_axes{"d"}>, out_shardings = #sdy.sharding_per_value<[<@mesh, [{"d"}, {}]>]>}> ({
    ^bb0(%x.own: tensor<1x6xf32>, %w.own: tensor<6xf32>, %twos_1: tensor<1x6xf32>):
      %w.row = "stablehlo.reshape"(%w.own) : (tensor<6xf32>) -> tensor<1x6xf32>
      %scaled = "stablehlo.multiply"(%x.own, %twos_1) : (tensor<1x6xf32>, tensor<1x6xf32>) -> tensor<1x6xf32>
      %weighed = "stablehlo.multiply"(%scaled, %w.row) : (tensor<1x6xf32>, tensor<1x6xf32>) -> tensor<1x6xf32>
      %all = "stablehlo.all_reduce"(%weighed) <{replica_groups = #devices0, channel_handle = #stablehlo.channel_handle<handle = 1, type = 1>, use_global_device_ids}> ({ ^bb0(%x_1: tensor<f32>, %y: tensor<f32>): %r = "stablehlo.add"(%x_1, %y) : (tensor<f32>, tensor<f32>) -> tensor<f32> "stablehlo.return"(%r) : (tensor<f32>) -> () }) : (tensor<1x6xf32>) -> tensor<1x6xf32>
      %own = "stablehlo.add"(%all, %x.own) : (tensor<1x6xf32>, tensor<1x6xf32>) -> tensor<1x6xf32>
      "sdy.return"(%own) : (tensor<1x6xf32>) -> ()
    }) : (tensor<8x6xf32>, tensor<6xf32>, tensor<1x6xf32>) -> (tensor<8x6xf32>)
    %between = "stablehlo.tanh"(%first#0) : (tensor<8x6xf32>) -> tensor<8x6xf32>
    %b.cut = "sdy.sharding_constraint"(%between) <{sharding = #sdy.sharding<@mesh, [{"d"}, {}]>}> : (tensor<8x6xf32>) -> tensor<8x6xf32>
    %second:2 = "sdy.manual_computation"(%w.cut, %b.cut, %twos) <{in_shardings = #sdy.sharding_per_value<[<@mesh, [{}]>, <@mesh, [{"d"}, {}]>, <@mesh, [{}, {}]>]>, manual_axes = #sdy<manual_axes{"d"}>, out_shardings = #sdy.sharding_per_value<[<@mesh, [{"d"}, {}]>, <@mesh, [{"d"}, {}]>]>}> ({
    ^bb0(%w.own_1: tensor<6xf32>, %b.own: tensor<1x6xf32>, %twos_2: tensor<1x6xf32>):
      %w.row_1 = "stablehlo.reshape"(%w.own_1) : (tensor<6xf32>) -> tensor<1x6xf32>
      %b.sent = "stablehlo.collective_permute"(%b.own) <{source_target_pairs = #devices1, channel_handle = #stablehlo.channel_handle<handle = 2, type = 1>}> : (tensor<1x6xf32>) -> tensor<1x6xf32>
      %b.weighed = "stablehlo.multiply"(%b.sent, %w.row_1) : (tensor<1x6xf32>, tensor<1x6xf32>) -> tensor<1x6xf32>
      %b.more = "stablehlo.add"(%b.weighed, %twos_2) : (tensor<1x6xf32>, tensor<1x6xf32>) -> tensor<1x6xf32>
      "sdy.return"(%b.more, %b.sent) : (tensor<1x6xf32>, tensor<1x6xf32>) -> ()
    }) : (tensor<6xf32>, tensor<8x6xf32>, tensor<1x6xf32>) -> (tensor<8x6xf32>, tensor<8x6xf32>)
    "func.return"(%second#0, %second#1) : (tensor<8x6xf32>, tensor<8x6xf32>) -> ()
  }
}
