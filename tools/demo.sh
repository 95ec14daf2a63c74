#!/bin/sh
# The main job on the bundled data: hourly departures at 12 US airports, the next 24 hours.
set -eu
vdn=$1
out=run/flights
"$vdn" fit flights --horizon 24 --out "$out"
echo
"$vdn" backtest "$out/model.vdn" flights --baselines --plot "$out/fan.svg" --plot-series ATL,ORD,DFW,LAX
echo
echo "Report:  $out/report.html"
echo "Picture: $out/fan.svg"
echo "Next:    $vdn predict $out/model.vdn flights --out forecast.csv"
