/**
 * From javac's trees to traced programs: reads declarations, interprets method bodies at compile
 * time with traced tensors. Nothing of partitioning or of a back end belongs here.
 */
package io.gshard.processor.frontend;
