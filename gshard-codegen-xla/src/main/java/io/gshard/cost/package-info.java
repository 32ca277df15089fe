/** What a program costs: what it computes, and what it sends between devices. */
package io.gshard.cost;
