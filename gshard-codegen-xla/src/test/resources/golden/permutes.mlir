#devices0 = dense<[[0, 1], [1, 2], [2, 3], [3, 0], [4, 5], [5, 6], [6, 7], [7, 4]]> : tensor<8x2xi64>
#devices1 = dense<[[0, 4], [1, 5], [2, 6], [3, 7]]> : tensor<4x2xi64>
#devices2 = dense<[[0, 7], [1, 6], [5, 2], [2, 5], [6, 1], [3, 4], [7, 0]]> : tensor<7x2xi64>
module @permutes attributes {mhlo.num_partitions = 8 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%x: tensor<4x8xf32> {mhlo.sharding = "{manual}"}) -> (tensor<4x8xf32> {mhlo.sharding = "{manual}"}, tensor<4x8xf32> {mhlo.sharding = "{manual}"}, tensor<4x8xf32> {mhlo.sharding = "{manual}"}) {
    %collective-permute = "stablehlo.collective_permute"(%x) <{source_target_pairs = #devices0, channel_handle = #stablehlo.channel_handle<handle = 1, type = 1>}> {mhlo.sharding = "{manual}"} : (tensor<4x8xf32>) -> tensor<4x8xf32>
    %collective-permute.1 = "stablehlo.collective_permute"(%x) <{source_target_pairs = #devices1, channel_handle = #stablehlo.channel_handle<handle = 2, type = 1>}> {mhlo.sharding = "{manual}"} : (tensor<4x8xf32>) -> tensor<4x8xf32>
    %collective-permute.2 = "stablehlo.collective_permute"(%x) <{source_target_pairs = #devices2, channel_handle = #stablehlo.channel_handle<handle = 3, type = 1>}> {mhlo.sharding = "{manual}"} : (tensor<4x8xf32>) -> tensor<4x8xf32>
    "func.return"(%collective-permute, %collective-permute.1, %collective-permute.2) : (tensor<4x8xf32>, tensor<4x8xf32>, tensor<4x8xf32>) -> ()
  }
}
