module @sharded attributes {mhlo.num_partitions = 8 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main(%arg0: tensor<4x8xf32> {mhlo.sharding = "{devices=[1,4,2]<=[2,4]T(1,0) last_tile_dim_replicate}"}, %arg1: tensor<8x16xf32> {mhlo.sharding = "{devices=[1,4,2]<=[2,4]T(1,0) last_tile_dim_replicate}"}) -> (tensor<4x16xf32> {mhlo.sharding = "{devices=[1,4,2]<=[2,4]T(1,0) last_tile_dim_replicate}"}, tensor<4x16xf32> {mhlo.sharding = "{devices=[1,4,2]<=[2,4]T(1,0) last_tile_dim_replicate}"}) {
    %dot = "stablehlo.dot_general"(%arg0, %arg1) <{dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = [], rhs_batching_dimensions = [], lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [0]>}> {mhlo.sharding = "{devices=[1,4,2]<=[2,4]T(1,0) last_tile_dim_replicate}"} : (tensor<4x8xf32>, tensor<8x16xf32>) -> tensor<4x16xf32>
    %sharding = "stablehlo.custom_call"(%dot) <{call_target_name = "Sharding", backend_config = ""}> {mhlo.sharding = "{devices=[4,2]<=[2,4]T(1,0)}"} : (tensor<4x16xf32>) -> tensor<4x16xf32>
    %constant = "stablehlo.constant"() <{value = dense<0.0> : tensor<f32>}> {mhlo.sharding = "{replicated}"} : () -> tensor<f32>
    %broadcast = "stablehlo.broadcast_in_dim"(%constant) <{broadcast_dimensions = array<i64>}> {mhlo.sharding = "{devices=[1,4,2]<=[2,4]T(1,0) last_tile_dim_replicate}"} : (tensor<f32>) -> tensor<4x16xf32>
    %maximum = "stablehlo.maximum"(%sharding, %broadcast) {mhlo.sharding = "{devices=[1,4,2]<=[2,4]T(1,0) last_tile_dim_replicate}"} : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
    %sharding.1 = "stablehlo.custom_call"(%maximum) <{call_target_name = "Sharding", backend_config = ""}> {mhlo.sharding = "{devices=[1,8]<=[2,4]T(1,0)}"} : (tensor<4x16xf32>) -> tensor<4x16xf32>
    %sharding.2 = "stablehlo.custom_call"(%sharding.1) <{call_target_name = "Sharding", backend_config = ""}> {mhlo.sharding = "{replicated}"} : (tensor<4x16xf32>) -> tensor<4x16xf32>
    %sharding.3 = "stablehlo.custom_call"(%sharding) <{call_target_name = "Sharding", backend_config = ""}> {mhlo.sharding = "{devices=[1,4,2]<=[2,4]T(1,0) last_tile_dim_replicate}"} : (tensor<4x16xf32>) -> tensor<4x16xf32>
    "func.return"(%sharding.2, %sharding.3) : (tensor<4x16xf32>, tensor<4x16xf32>) -> ()
  }
}
