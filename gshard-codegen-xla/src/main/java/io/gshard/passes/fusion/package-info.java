/**
 * A partitioned program as steps of a machine with memory: which instructions become one loop, and
 * what each loop reads and writes. What the steps look like in Java is the back end's.
 */
package io.gshard.passes.fusion;
