#pragma once
// What a forecasting program needs. Layers and kernels for networks of your own: vdn/neuron, vdn/nn, vdn/kernels.

#include <vdn/core/error.hpp>
#include <vdn/core/scheduler.hpp>
#include <vdn/data/csv_text.hpp>
#include <vdn/data/load.hpp>
#include <vdn/evaluate/backtest.hpp>
#include <vdn/evaluate/predict.hpp>
#include <vdn/evaluate/score.hpp>
#include <vdn/evaluate/twins.hpp>
#include <vdn/io/model_file.hpp>
#include <vdn/model/baselines.hpp>
#include <vdn/model/forecaster.hpp>
#include <vdn/neuron/layer.hpp>
#include <vdn/neuron/local_elbo.hpp>
#include <vdn/predictive/metrics.hpp>
#include <vdn/predictive/mixture.hpp>
#include <vdn/report/fan_chart.hpp>
#include <vdn/report/table.hpp>
#include <vdn/train/fit_job.hpp>
#include <vdn/train/fit_plan.hpp>
#include <vdn/train/trainer.hpp>
