/**
 * Meshes of devices and how a tensor is split over them. Values and their arithmetic; nothing here
 * knows graphs or runs anything.
 */
package io.gshard.mesh;
