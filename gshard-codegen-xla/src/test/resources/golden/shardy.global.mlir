module @shardy attributes {mhlo.num_partitions = 8 : i32, mhlo.num_replicas = 1 : i32} {
  sdy.mesh @mesh = <["d0"=2, "d1"=4]>
  sdy.mesh @mesh_1 = <["d0"=2, "d1"=4], device_ids=[0, 1, 2, 3, 5, 4, 7, 6]>
  sdy.mesh @device3 = <[], device_ids=[3]>
  func.func public @main(%x: tensor<8x12xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"d0"}, {}]>}, %w: tensor<12x12xf32> {sdy.sharding = #sdy.sharding<@mesh, [{}, {"d1"}]>}) -> (tensor<8x12xf32> {sdy.sharding = #sdy.sharding<@mesh, [{"d0"}, {"d1"}]>}, tensor<12xf32> {sdy.sharding = #sdy.sharding<@mesh, [{}]>}) {
    %h = "stablehlo.dot_general"(%x, %w) <{dot_dimension_numbers = #stablehlo.dot<lhs_batching_dimensions = [], rhs_batching_dimensions = [], lhs_contracting_dimensions = [1], rhs_contracting_dimensions = [0]>}> : (tensor<8x12xf32>, tensor<12x12xf32>) -> tensor<8x12xf32>
    %kept = "sdy.sharding_constraint"(%h) <{sharding = #sdy.sharding<@mesh, [{"d0"}, {?}]>}> : (tensor<8x12xf32>) -> tensor<8x12xf32>
    %zero = "stablehlo.constant"() <{value = dense<0> : tensor<i32>}> : () -> tensor<i32>
    %loop:2 = "stablehlo.while"(%zero, %kept) ({
    ^bb0(%state: tensor<i32>, %state_1: tensor<8x12xf32>):
      %n = "stablehlo.constant"() <{value = dense<3> : tensor<i32>}> : () -> tensor<i32>
      %more = "stablehlo.compare"(%state, %n) <{comparison_direction = #stablehlo<comparison_direction LT>}> : (tensor<i32>, tensor<i32>) -> tensor<i1>
      "stablehlo.return"(%more) : (tensor<i1>) -> ()
    }, {
    ^bb0(%state_2: tensor<i32>, %state_3: tensor<8x12xf32>):
      %one = "stablehlo.constant"() <{value = dense<1> : tensor<i32>}> : () -> tensor<i32>
      %next = "stablehlo.add"(%state_2, %one) : (tensor<i32>, tensor<i32>) -> tensor<i32>
      %x_1 = "sdy.sharding_constraint"(%state_3) <{sharding = #sdy.sharding<@mesh, [{"d1"}, {}]>}> : (tensor<8x12xf32>) -> tensor<8x12xf32>
      %y = "stablehlo.tanh"(%x_1) : (tensor<8x12xf32>) -> tensor<8x12xf32>
      "stablehlo.return"(%next, %y) : (tensor<i32>, tensor<8x12xf32>) -> ()
    }) : (tensor<i32>, tensor<8x12xf32>) -> (tensor<i32>, tensor<8x12xf32>)
    %loop_1 = "sdy.sharding_constraint"(%loop#0) <{sharding = #sdy.sharding<@mesh, []>}> : (tensor<i32>) -> tensor<i32>
    %loop_2 = "sdy.sharding_constraint"(%loop#1) <{sharding = #sdy.sharding<@mesh, [{"d0", "d1"}, {}]>}> : (tensor<8x12xf32>) -> tensor<8x12xf32>
    %swapped = "stablehlo.negate"(%loop_2) {sdy.sharding = #sdy.sharding_per_value<[<@mesh_1, [{"d0"}, {"d1"}]>]>} : (tensor<8x12xf32>) -> tensor<8x12xf32>
    %sums_constant = "stablehlo.constant"() <{value = dense<0.0> : tensor<f32>}> : () -> tensor<f32>
    %sums = "stablehlo.reduce"(%swapped, %sums_constant) <{dimensions = array<i64: 0>}> ({ ^bb0(%x_2: tensor<f32>, %y_1: tensor<f32>): %r = "stablehlo.add"(%x_2, %y_1) : (tensor<f32>, tensor<f32>) -> tensor<f32> "stablehlo.return"(%r) : (tensor<f32>) -> () }) {sdy.sharding = #sdy.sharding_per_value<[<@device3, []>]>} : (tensor<8x12xf32>, tensor<f32>) -> tensor<12xf32>
    %sine = "stablehlo.sine"(%sums) {sdy.sharding = #sdy.sharding_per_value<[<@mesh, [{"d1"}]>]>} : (tensor<12xf32>) -> tensor<12xf32>
    "sdy.sharding_group"(%sine) <{group_id = 7 : i64}> : (tensor<12xf32>) -> ()
    %cosine = "stablehlo.cosine"(%sums) {sdy.sharding = #sdy.sharding_per_value<[<@mesh, [{?}]>]>} : (tensor<12xf32>) -> tensor<12xf32>
    "sdy.sharding_group"(%cosine) <{group_id = 7 : i64}> : (tensor<12xf32>) -> ()
    %both = "stablehlo.add"(%sine, %cosine) : (tensor<12xf32>, tensor<12xf32>) -> tensor<12xf32>
    "func.return"(%kept, %both) : (tensor<8x12xf32>, tensor<12xf32>) -> ()
  }
}
