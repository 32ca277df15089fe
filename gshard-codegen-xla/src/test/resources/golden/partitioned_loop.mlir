#devices0 = dense<[[0, 4], [1, 5], [2, 6], [3, 7]]> : tensor<4x2xi64>
module @partitioned_loop attributes {mhlo.num_partitions = 8 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%x: tensor<4x8xf32> {mhlo.sharding = "{manual}"}) -> (tensor<4x8xf32> {mhlo.sharding = "{manual}"}) {
    %constant = "stablehlo.constant"() <{value = dense<0> : tensor<i32>}> {mhlo.sharding = "{manual}"} : () -> tensor<i32>
    %while:2 = "stablehlo.while"(%constant, %x) ({
    ^bb0(%state: tensor<i32>, %state_1: tensor<4x8xf32>):
      %constant_1 = "stablehlo.constant"() <{value = dense<5> : tensor<i32>}> {mhlo.sharding = "{manual}"} : () -> tensor<i32>
      %compare = "stablehlo.compare"(%state, %constant_1) <{comparison_direction = #stablehlo<comparison_direction LT>}> {mhlo.sharding = "{manual}"} : (tensor<i32>, tensor<i32>) -> tensor<i1>
      "stablehlo.return"(%compare) : (tensor<i1>) -> ()
    }, {
    ^bb0(%state_2: tensor<i32>, %state_3: tensor<4x8xf32>):
      %constant_2 = "stablehlo.constant"() <{value = dense<1> : tensor<i32>}> {mhlo.sharding = "{manual}"} : () -> tensor<i32>
      %add = "stablehlo.add"(%state_2, %constant_2) {mhlo.sharding = "{manual}"} : (tensor<i32>, tensor<i32>) -> tensor<i32>
      %constant.1 = "stablehlo.constant"() <{value = dense<1.5> : tensor<f32>}> {mhlo.sharding = "{manual}"} : () -> tensor<f32>
      %broadcast = "stablehlo.broadcast_in_dim"(%constant.1) <{broadcast_dimensions = array<i64>}> {mhlo.sharding = "{manual}"} : (tensor<f32>) -> tensor<4x8xf32>
      %multiply = "stablehlo.multiply"(%state_3, %broadcast) {mhlo.sharding = "{manual}"} : (tensor<4x8xf32>, tensor<4x8xf32>) -> tensor<4x8xf32>
      %all-reduce = "stablehlo.all_reduce"(%multiply) <{replica_groups = #devices0, channel_handle = #stablehlo.channel_handle<handle = 1, type = 1>, use_global_device_ids}> ({ ^bb0(%x_1: tensor<f32>, %y: tensor<f32>): %r = "stablehlo.add"(%x_1, %y) : (tensor<f32>, tensor<f32>) -> tensor<f32> "stablehlo.return"(%r) : (tensor<f32>) -> () }) {mhlo.sharding = "{manual}"} : (tensor<4x8xf32>) -> tensor<4x8xf32>
      "stablehlo.return"(%add, %all-reduce) : (tensor<i32>, tensor<4x8xf32>) -> ()
    }) {mhlo.sharding = "{manual}"} : (tensor<i32>, tensor<4x8xf32>) -> (tensor<i32>, tensor<4x8xf32>)
    "func.return"(%while#1) : (tensor<4x8xf32>) -> ()
  }
}
