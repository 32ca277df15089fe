/**
 * The passes in their order, each model's programs at the same time. Nothing here touches javac.
 */
package io.gshard.processor.pipeline;
