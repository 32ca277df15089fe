String log = new File(basedir, 'build.log').text
assert log.contains("Mlp.java:[16,3] [GS0301] the mesh 'model=4' has no axis 'expert'; expected one of [model]")
assert log.contains('Mlp.java:[26,12] [GS0202] einsum "BH,HM->BM" of f32[6,16] and f32[32,16]: H is 16 in the first and 32 in the second')
