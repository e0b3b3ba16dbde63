/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A device as JSON: what "nic show" prints. */
#ifndef FMCTL_NIC_JSON_H
#define FMCTL_NIC_JSON_H

#include "device.h"
#include "fmctl.h"

struct json_object *fm_nic_device_json(const struct fm_device *device);
struct json_object *fm_nic_class_json(const struct fm_nic *nic,
				      uint64_t packets);
void fm_nic_changes(struct json_object *list, const struct fm_device *device,
		    const struct fm_plan *plan);
void fm_nic_device_print(struct fm_cli *cli, struct json_object *device);
void fm_nic_class_print(struct fm_cli *cli, struct json_object *classes);

#endif
