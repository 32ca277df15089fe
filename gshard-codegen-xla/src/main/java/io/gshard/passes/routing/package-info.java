/**
 * Dense products with one-hot masks, as the paper's Algorithm 2 writes dispatch and combine, become
 * moves of the rows that are routed.
 */
package io.gshard.passes.routing;
