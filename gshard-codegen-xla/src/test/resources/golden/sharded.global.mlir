module @sharded attributes {mhlo.num_partitions = 8 : i32, mhlo.num_replicas = 1 : i32} {
  sdy.mesh @mesh = <["data"=2, "expert"=4]>
  func.func public @main(%arg0: tensor<4x8xf32> {sdy.sharding = #sdy.sharding<@mesh, [{}, {"expert"}]>}, %arg1: tensor<8x16xf32> {sdy.sharding = #sdy.sharding<@mesh, [{}, {"expert"}]>}) -> (tensor<4x16xf32> {sdy.sharding = #sdy.sharding<@mesh, [{}, {"expert"}]>}, tensor<4x16xf32> {sdy.sharding = #sdy.sharding<@mesh, [{}, {"expert"}]>}) {
    %dot = "stablehlo.dot_general"(%arg0, %arg1) <{dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = [], rhs_batching_dimensions = [], lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [0]>}> {sdy.sharding = #sdy.sharding_per_value<[<@mesh, [{}, {"expert"}]>]>} : (tensor<4x8xf32>, tensor<8x16xf32>) -> tensor<4x16xf32>
    %sharding = "sdy.sharding_constraint"(%dot) <{sharding = #sdy.sharding<@mesh, [{"expert"}, {"data"}]>}> : (tensor<4x16xf32>) -> tensor<4x16xf32>
    %constant = "stablehlo.constant"() <{value = dense<0.0> : tensor<f32>}> {sdy.sharding = #sdy.sharding_per_value<[<@mesh, []>]>} : () -> tensor<f32>
    %broadcast = "stablehlo.broadcast_in_dim"(%constant) <{broadcast_dimensions = array<i64>}> {sdy.sharding = #sdy.sharding_per_value<[<@mesh, [{}, {"expert"}]>]>} : (tensor<f32>) -> tensor<4x16xf32>
    %maximum = "stablehlo.maximum"(%sharding, %broadcast) {sdy.sharding = #sdy.sharding_per_value<[<@mesh, [{}, {"expert"}]>]>} : (tensor<4x16xf32>, tensor<4x16xf32>) -> tensor<4x16xf32>
    %sharding.1 = "sdy.sharding_constraint"(%maximum) <{sharding = #sdy.sharding<@mesh, [{}, {"expert", "data"}]>}> : (tensor<4x16xf32>) -> tensor<4x16xf32>
    %sharding.2 = "sdy.sharding_constraint"(%sharding.1) <{sharding = #sdy.sharding<@mesh, [{}, {}]>}> : (tensor<4x16xf32>) -> tensor<4x16xf32>
    %sharding.3 = "sdy.sharding_constraint"(%sharding) <{sharding = #sdy.sharding<@mesh, [{}, {"expert"}]>}> : (tensor<4x16xf32>) -> tensor<4x16xf32>
    "func.return"(%sharding.2, %sharding.3) : (tensor<4x16xf32>, tensor<4x16xf32>) -> ()
  }
}
