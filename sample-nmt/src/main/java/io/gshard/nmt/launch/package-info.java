/** The only package that calls generated launchers; training and translation see interfaces. */
package io.gshard.nmt.launch;
