package io.gshard.sharding;

import io.gshard.hlo.HloModule;
import io.gshard.hlo.Instruction;
import java.util.Map;

/**
 * The module with all shardings decided, and for each of its instructions why: {@code annotated},
 * {@code from %dot.3}, or {@code nothing splits it}.
 */
public record PropagationResult(HloModule module, Map<Instruction, String> origins) {}
