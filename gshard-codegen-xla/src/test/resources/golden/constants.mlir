module @constants attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() -> (tensor<2x3xi1>, tensor<2x3xi8>, tensor<2x3xi16>, tensor<2x3xi32>, tensor<2x3xi64>, tensor<2x3xui8>, tensor<2x3xui16>, tensor<2x3xui32>, tensor<2x3xui64>, tensor<2x3xf16>, tensor<2x3xbf16>, tensor<2x3xf32>, tensor<2x3xf64>, tensor<0xf32>, tensor<2x0xf32>, tensor<2x1x2xi32>) {
    %constant = "stablehlo.constant"() <{value = dense<[[false, true, true], [true, true, true]]> : tensor<2x3xi1>}> : () -> tensor<2x3xi1> loc("Model.java":12:7)
    %constant.1 = "stablehlo.constant"() <{value = dense<[[0, 1, -1], [57, -1, 0]]> : tensor<2x3xi8>}> : () -> tensor<2x3xi8> loc("Model.java":12:7)
    %constant.2 = "stablehlo.constant"() <{value = dense<[[0, 1, -1], [19037, -1, 0]]> : tensor<2x3xi16>}> : () -> tensor<2x3xi16> loc("Model.java":12:7)
    %constant.3 = "stablehlo.constant"() <{value = dense<[[0, 1, -1], [-1105573998, -1, 0]]> : tensor<2x3xi32>}> : () -> tensor<2x3xi32> loc("Model.java":12:7)
    %constant.4 = "stablehlo.constant"() <{value = dense<[[0, 1, -1], [-5383181422176253347, 9223372036854775807, -9223372036854775808]]> : tensor<2x3xi64>}> : () -> tensor<2x3xi64> loc("Model.java":12:7)
    %constant.5 = "stablehlo.constant"() <{value = dense<[[0, 1, 255], [161, 255, 0]]> : tensor<2x3xui8>}> : () -> tensor<2x3xui8> loc("Model.java":12:7)
    %constant.6 = "stablehlo.constant"() <{value = dense<[[0, 1, 65535], [32735, 65535, 0]]> : tensor<2x3xui16>}> : () -> tensor<2x3xui16> loc("Model.java":12:7)
    %constant.7 = "stablehlo.constant"() <{value = dense<[[0, 1, 4294967295], [2991779324, 4294967295, 0]]> : tensor<2x3xui32>}> : () -> tensor<2x3xui32> loc("Model.java":12:7)
    %constant.8 = "stablehlo.constant"() <{value = dense<[[0, 1, 18446744073709551615], [1535132644386981093, 9223372036854775807, 9223372036854775808]]> : tensor<2x3xui64>}> : () -> tensor<2x3xui64> loc("Model.java":12:7)
    %constant.9 = "stablehlo.constant"() <{value = dense<[[0x7E00, 0xFC00, -0.0], [0.6064453, 1.001358E-5, 0x7C00]]> : tensor<2x3xf16>}> : () -> tensor<2x3xf16> loc("Model.java":12:7)
    %constant.10 = "stablehlo.constant"() <{value = dense<[[0x7FC0, 0xFF80, -0.0], [0.20019531, 1.001358E-5, 1.00025555E30]]> : tensor<2x3xbf16>}> : () -> tensor<2x3xbf16> loc("Model.java":12:7)
    %constant.11 = "stablehlo.constant"() <{value = dense<[[0x7FC00000, 0xFF800000, -0.0], [1.371815, 1.0E-5, 1.0E30]]> : tensor<2x3xf32>}> : () -> tensor<2x3xf32> loc("Model.java":12:7)
    %constant.12 = "stablehlo.constant"() <{value = dense<[[0x7FF8000000000000, 0xFFF0000000000000, -0.0], [0.42859749683808, 1.0E-5, 1.0E30]]> : tensor<2x3xf64>}> : () -> tensor<2x3xf64> loc("Model.java":12:7)
    %constant.13 = "stablehlo.constant"() <{value = dense<> : tensor<0xf32>}> : () -> tensor<0xf32> loc("Model.java":12:7)
    %constant.14 = "stablehlo.constant"() <{value = dense<> : tensor<2x0xf32>}> : () -> tensor<2x0xf32> loc("Model.java":12:7)
    %constant.15 = "stablehlo.constant"() <{value = dense<[[[1, 2]], [[3, 4]]]> : tensor<2x1x2xi32>}> : () -> tensor<2x1x2xi32> loc("Model.java":12:7)
    "func.return"(%constant, %constant.1, %constant.2, %constant.3, %constant.4, %constant.5, %constant.6, %constant.7, %constant.8, %constant.9, %constant.10, %constant.11, %constant.12, %constant.13, %constant.14, %constant.15) : (tensor<2x3xi1>, tensor<2x3xi8>, tensor<2x3xi16>, tensor<2x3xi32>, tensor<2x3xi64>, tensor<2x3xui8>, tensor<2x3xui16>, tensor<2x3xui32>, tensor<2x3xui64>, tensor<2x3xf16>, tensor<2x3xbf16>, tensor<2x3xf32>, tensor<2x3xf64>, tensor<0xf32>, tensor<2x0xf32>, tensor<2x1x2xi32>) -> ()
  }
}
