package io.gshard.nmt.train;

import io.gshard.nmt.corpus.TextNormalizer;
import io.gshard.nmt.vocab.Vocabulary;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.IntStream;

/** Translates text: from lines to ids and back. */
public record Translation(Translator translator, Vocabulary source, Vocabulary target) {
  private static final int CHUNK = 256;

  /** The translations of lines; what is longer than a row is cut. */
  public List<String> of(List<String> lines) {
    int[][] ids = lines.stream().map(this::encode).toArray(int[][]::new);
    // Lines of like length together, so that little time goes into short ones.
    List<Integer> order =
        IntStream.range(0, ids.length)
            .boxed()
            .sorted(Comparator.comparingInt(i -> ids[i].length))
            .toList();
    List<String> outputs = new ArrayList<>(lines);
    for (int start = 0; start < ids.length; start += CHUNK) {
      List<Integer> chunk = order.subList(start, Math.min(ids.length, start + CHUNK));
      int[][] translated =
          translator.translate(chunk.stream().map(i -> ids[i]).toArray(int[][]::new));
      for (int i = 0; i < translated.length; i++) {
        outputs.set(chunk.get(i), target.decode(translated[i]));
      }
    }
    return outputs;
  }

  private int[] encode(String line) {
    int[] text = source.encode(TextNormalizer.normalize(line));
    int length = Math.min(text.length, translator.shape().sourceLength() - 1);
    int[] ids = Arrays.copyOf(text, length + 1);
    ids[length] = Vocabulary.EOS;
    return ids;
  }
}
