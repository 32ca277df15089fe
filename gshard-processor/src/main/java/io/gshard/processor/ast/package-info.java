/**
 * A model's source as the front end reads it: the part of Java that a program can be made of.
 * Javac's trees stay outside.
 */
package io.gshard.processor.ast;
