/**
 * What a user writes on models: their configs, programs, dims and splits. Read by the processor and
 * by eager mode; no code lives here.
 */
package io.gshard.annotation;
