/** What the pipeline hands to a back end: values without behaviour. */
package io.gshard.processor.program;
