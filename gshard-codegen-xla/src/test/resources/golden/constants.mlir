module @constants attributes {mhlo.num_partitions = 1 : i32, mhlo.num_replicas = 1 : i32} {
  func.func public @main() -> (tensor<2x3xi1>, tensor<2x3xi8>, tensor<2x3xi16>, tensor<2x3xi32>, tensor<2x3xi64>, tensor<2x3xui8>, tensor<2x3xui16>, tensor<2x3xui32>, tensor<2x3xui64>, tensor<2x3xf16>, tensor<2x3xbf16>, tensor<2x3xf32>, tensor<2x3xf64>, tensor<2x3xcomplex<f32>>, tensor<2x3xcomplex<f64>>, tensor<0xf32>, tensor<2x0xf32>, tensor<2x1x2xi32>) {
    %constant = "stablehlo.constant"() <{value = dense<[[false, true, true], [true, true, true]]> : tensor<2x3xi1>}> : () -> tensor<2x3xi1> loc("Model.java":12:7)
    %constant.1 = "stablehlo.constant"() <{value = dense<[[0, 1, -1], [-110, -1, 0]]> : tensor<2x3xi8>}> : () -> tensor<2x3xi8> loc("Model.java":12:7)
    %constant.2 = "stablehlo.constant"() <{value = dense<[[0, 1, -1], [32735, -1, 0]]> : tensor<2x3xi16>}> : () -> tensor<2x3xi16> loc("Model.java":12:7)
    %constant.3 = "stablehlo.constant"() <{value = dense<[[0, 1, -1], [-1303187972, -1, 0]]> : tensor<2x3xi32>}> : () -> tensor<2x3xi32> loc("Model.java":12:7)
    %constant.4 = "stablehlo.constant"() <{value = dense<[[0, 1, -1], [-7582205815346941847, 9223372036854775807, -9223372036854775808]]> : tensor<2x3xi64>}> : () -> tensor<2x3xi64> loc("Model.java":12:7)
    %constant.5 = "stablehlo.constant"() <{value = dense<[[0, 1, 255], [241, 255, 0]]> : tensor<2x3xui8>}> : () -> tensor<2x3xui8> loc("Model.java":12:7)
    %constant.6 = "stablehlo.constant"() <{value = dense<[[0, 1, 65535], [19367, 65535, 0]]> : tensor<2x3xui16>}> : () -> tensor<2x3xui16> loc("Model.java":12:7)
    %constant.7 = "stablehlo.constant"() <{value = dense<[[0, 1, 4294967295], [3063232985, 4294967295, 0]]> : tensor<2x3xui32>}> : () -> tensor<2x3xui32> loc("Model.java":12:7)
    %constant.8 = "stablehlo.constant"() <{value = dense<[[0, 1, 18446744073709551615], [1907363412328072160, 9223372036854775807, 9223372036854775808]]> : tensor<2x3xui64>}> : () -> tensor<2x3xui64> loc("Model.java":12:7)
    %constant.9 = "stablehlo.constant"() <{value = dense<[[0x7E00, 0xFC00, -0.0], [0.7861328, 1.001358E-5, 0x7C00]]> : tensor<2x3xf16>}> : () -> tensor<2x3xf16> loc("Model.java":12:7)
    %constant.10 = "stablehlo.constant"() <{value = dense<[[0x7FC0, 0xFF80, -0.0], [-2.6875, 1.001358E-5, 1.00025555E30]]> : tensor<2x3xbf16>}> : () -> tensor<2x3xbf16> loc("Model.java":12:7)
    %constant.11 = "stablehlo.constant"() <{value = dense<[[0x7FC00000, 0xFF800000, -0.0], [1.032798, 1.0E-5, 1.0E30]]> : tensor<2x3xf32>}> : () -> tensor<2x3xf32> loc("Model.java":12:7)
    %constant.12 = "stablehlo.constant"() <{value = dense<[[0x7FF8000000000000, 0xFFF0000000000000, -0.0], [-0.8723830602049588, 1.0E-5, 1.0E30]]> : tensor<2x3xf64>}> : () -> tensor<2x3xf64> loc("Model.java":12:7)
    %constant.13 = "stablehlo.constant"() <{value = dense<[[(0x7FC00000, 0.74828744), (0xFF800000, 0.39178607), (-0.0, 0.83499444)], [(0.21399565, 0.46342108), (1.0E-5, 0.44861585), (1.0E30, 0.91294277)]]> : tensor<2x3xcomplex<f32>>}> : () -> tensor<2x3xcomplex<f32>> loc("Model.java":12:7)
    %constant.14 = "stablehlo.constant"() <{value = dense<[[(0x7FF8000000000000, 0.19668919951391306), (0xFFF0000000000000, 0.608248888165517), (-0.0, 0.6122200048867801)], [(-0.8951093282112073, 0.7785053999963122), (1.0E-5, 0.03943924586404135), (1.0E30, 0.5060233969099968)]]> : tensor<2x3xcomplex<f64>>}> : () -> tensor<2x3xcomplex<f64>> loc("Model.java":12:7)
    %constant.15 = "stablehlo.constant"() <{value = dense<> : tensor<0xf32>}> : () -> tensor<0xf32> loc("Model.java":12:7)
    %constant.16 = "stablehlo.constant"() <{value = dense<> : tensor<2x0xf32>}> : () -> tensor<2x0xf32> loc("Model.java":12:7)
    %constant.17 = "stablehlo.constant"() <{value = dense<[[[1, 2]], [[3, 4]]]> : tensor<2x1x2xi32>}> : () -> tensor<2x1x2xi32> loc("Model.java":12:7)
    "func.return"(%constant, %constant.1, %constant.2, %constant.3, %constant.4, %constant.5, %constant.6, %constant.7, %constant.8, %constant.9, %constant.10, %constant.11, %constant.12, %constant.13, %constant.14, %constant.15, %constant.16, %constant.17) : (tensor<2x3xi1>, tensor<2x3xi8>, tensor<2x3xi16>, tensor<2x3xi32>, tensor<2x3xi64>, tensor<2x3xui8>, tensor<2x3xui16>, tensor<2x3xui32>, tensor<2x3xui64>, tensor<2x3xf16>, tensor<2x3xbf16>, tensor<2x3xf32>, tensor<2x3xf64>, tensor<2x3xcomplex<f32>>, tensor<2x3xcomplex<f64>>, tensor<0xf32>, tensor<2x0xf32>, tensor<2x1x2xi32>) -> ()
  }
}
