/* SPDX-License-Identifier: MIT
 *
 * cifar.h - CIFAR-10 trained as Caffe's examples do it, the ground of every cyclical-rate
 * experiment.
 *
 * Pixels from 0 to 255 minus the per-pixel mean of the training images; the 50,000 images in file
 * order, round and round, without shuffling or augmentation; batches of 100; scores on the 10,000
 * test images.  Seeds change the initial weights alone (and dropout, which these nets have not).
 */
#ifndef TIDEMARK_STUDY_CIFAR_H
#define TIDEMARK_STUDY_CIFAR_H

#include "core/lab/experiment.h"
#include "core/learn/train.h"
#include "core/net/caffe.h"

typedef struct CifarRun {
    CaffeNet net;
    uint32_t seed;
    const Schedule *schedule; /* stays valid as long as the trainer */
    OptimizerSpec optimizer;  /* method SGD here means cifar_momentum */
    bool halved;              /* images of 16 x 16 (dataset_halved): a quarter of the work */
    size_t images;            /* the first so many training images; 0 = all */
    size_t test_images;       /* of the test set; 0 = all */
    size_t batch;             /* 0 = 100 */
    double loss_bound;        /* diverged above; 0 = 100 (Caffe itself goes on: its loss is capped) */
    double norm_fraction;     /* batch norm: of the past in running statistics; 0 = the net's own */
} CifarRun;

/* Caffe's solver of these nets: momentum 0.9 with the rate inside the velocity, weight decay 0.004
 * on biases too. */
extern const OptimizerSpec cifar_momentum;

/* A trainer ready for its first step, and the test set; all in the cell's arena. */
bool cifar_trainer(const CifarRun *run, Cell *cell, Trainer *trainer, const Dataset **test,
                   Error *err);

#endif
