/**
 * Rewrites of whole programs that keep their meaning: simplification, and scans into while loops.
 * Nothing here depends on devices.
 */
package io.gshard.passes;
