/**
 * Where each value of a partitioned program lies on a device: buffers that are never needed at the
 * same time share their place. No code is written here.
 */
package io.gshard.memory;
