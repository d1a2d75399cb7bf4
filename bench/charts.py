"""SVG charts by gnuplot: bars, and lines over a logarithmic number."""

import pathlib
import subprocess
import tempfile

_STYLE = """
set terminal svg noenhanced size 720,360 font 'sans-serif,13' background rgb 'white'
set output '{output}'
set title '{title}'
set ylabel '{y_label}'
set grid ytics lc rgb '#dddddd'
set border 3
set tics nomirror
"""
_COLOURS = ("#1b6ca8", "#d1495b", "#66a182", "#8d6a9f")


def _quoted(text):
    return text.replace("'", "''")


def _draw(output, title, y_label, commands, rows):
    with tempfile.TemporaryDirectory(prefix="chart-") as folder:
        data = pathlib.Path(folder) / "data"
        data.write_text("".join("\t".join(f'"{cell}"' if isinstance(cell, str) else str(cell) for cell in row) + "\n" for row in rows))
        script = _STYLE.format(output=output.name, title=_quoted(title), y_label=_quoted(y_label)) + commands.replace("DATA", f"'{data}'")
        subprocess.run(["gnuplot"], input=script, text=True, check=True, cwd=output.parent, timeout=60)


def bars(output, title, y_label, values, limit=None, logarithmic=False):
    """`values`: label and number. `limit`: a line across, as label and number."""
    rows = list(values.items())
    lowest = min(number for number in values.values() if number > 0)
    commands = "set logscale y\n" + f"set yrange [{lowest / 3}:]\n" if logarithmic else "set yrange [0:]\n"
    line = ""
    if limit:
        commands += "set key top left\n"
        line = f", {limit[1]} with lines lw 2 dt 2 lc rgb '{_COLOURS[1]}' title '{_quoted(limit[0])}'"
    else:
        commands += "unset key\n"
    commands += f"""set style fill solid 0.9
set boxwidth 0.6
set xrange [-0.6:{len(rows) - 0.4}]
plot DATA using 0:2:xtic(1) with boxes lc rgb '{_COLOURS[0]}' notitle, DATA using 0:2:2 with labels offset 0,0.6 notitle{line}
"""
    _draw(output, title, y_label, commands, rows)


def lines(output, title, x_label, y_label, x_values, series, logarithmic_y=False):
    """`series`: label and numbers, one for each of `x_values`."""
    commands = f"set xlabel '{x_label}'\nset logscale x\nset key top left\nset xtics ({', '.join(str(x) for x in x_values)})\n"
    if len(x_values) == 1:
        commands += f"set xrange [{x_values[0] / 2}:{x_values[0] * 2}]\n"
    commands += "set logscale y\n" if logarithmic_y else "set yrange [0:]\n"
    commands += "plot " + ", ".join(f"DATA using 1:{column} with linespoints lw 2 pt 7 lc rgb '{_COLOURS[column - 2]}' title '{label}'"
                                    for column, label in enumerate(series, 2)) + "\n"
    _draw(output, title, y_label, commands, zip(x_values, *series.values()))
