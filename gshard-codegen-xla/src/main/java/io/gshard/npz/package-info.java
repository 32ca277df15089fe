/** NumPy's array files: {@code .npy} and {@code .npz}. */
package io.gshard.npz;
