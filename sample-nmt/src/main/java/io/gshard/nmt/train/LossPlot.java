package io.gshard.nmt.train;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** The loss over the steps as a picture: each step's, and smoothed. */
final class LossPlot {
  private static final int MOST_POINTS = 1000;

  private LossPlot() {}

  /** Writes a PNG; a display is not needed. */
  static void write(List<Double> losses, Path file) {
    if (losses.isEmpty()) {
      return;
    }
    System.setProperty("java.awt.headless", "true");
    int stride = Math.max(1, losses.size() / MOST_POINTS);
    int points = (losses.size() + stride - 1) / stride;
    double[] steps = new double[points];
    double[] raw = new double[points];
    double[] smooth = new double[points];
    double decay = 1 - 1 / Math.clamp(losses.size() / 20.0, 1, 50);
    double average = 0;
    double weight = 0;
    for (int i = 0; i < losses.size(); i++) {
      average = decay * average + (1 - decay) * losses.get(i);
      weight = decay * weight + (1 - decay);
      if (i % stride == 0) {
        steps[i / stride] = i + 1;
        raw[i / stride] = losses.get(i);
        smooth[i / stride] = average / weight;
      }
    }
    XYChart chart =
        new XYChartBuilder()
            .width(900)
            .height(500)
            .title("Training loss")
            .xAxisTitle("step")
            .yAxisTitle("nats per target token")
            .build();
    chart.addSeries("each step", steps, raw).setMarker(SeriesMarkers.NONE);
    chart.addSeries("smoothed", steps, smooth).setMarker(SeriesMarkers.NONE);
    try {
      ImageIO.write(BitmapEncoder.getBufferedImage(chart), "png", file.toFile());
    } catch (IOException e) {
      throw new UncheckedIOException("cannot write " + file, e);
    }
  }
}
