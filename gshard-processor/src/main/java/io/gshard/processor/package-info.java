/**
 * The annotation processor: options, messages, what is written where. The only package that javac
 * calls.
 */
package io.gshard.processor;
