String log = new File(basedir, 'build.log').text
assert log =~ /SAID: no generated program .*annotation processor/
