String log = new File(basedir, 'build.log').text
assert log.contains('SHARDED EQUALS EAGER on 4 devices')
assert new File(basedir, 'target/classes/META-INF/gshard').isDirectory()
