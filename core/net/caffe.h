/* SPDX-License-Identifier: MIT
 *
 * caffe.h - the CIFAR-10 networks of Caffe (BVLC/caffe, examples/cifar10, April 2015), which Smith's
 * cyclical-rate experiments trained: layers, fillers and per-layer multipliers of rate and decay.
 *
 * Inputs are 32 x 32 x 3 pixels from 0 to 255 minus the per-pixel mean.  Pooling windows round up
 * (32 -> 16 -> 8 -> 4).  Solver settings are the experiments'.
 */
#ifndef TIDEMARK_NET_CAFFE_H
#define TIDEMARK_NET_CAFFE_H

#include "core/net/net.h"

typedef enum CaffeNet {
    CAFFE_FULL,       /* cifar10_full: three convolutions, two LRN, 89,578 parameters */
    CAFFE_QUICK,      /* cifar10_quick: no LRN, a hidden layer of 64, 145,578 parameters */
    CAFFE_SIGMOID,    /* cifar10_full_sigmoid: no LRN, sigmoids (train batch 111 there) */
    CAFFE_SIGMOID_BN, /* cifar10_full_sigmoid_bn: batch normalisation before every sigmoid */
    CAFFE_NETS
} CaffeNet;

const char *caffe_name(CaffeNet net);         /* "cifar10_full", ... */
const LayerSpec *caffe_layers(CaffeNet net);  /* ends with LAYER_END */

#endif
