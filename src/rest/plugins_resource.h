// The plug-ins and the validation of configurations (ConnectorPluginsResource of stock Connect).
//
//   GET /connector-plugins[?connectorsOnly=false]   [{"class","type","version"}]
//   GET /connector-plugins/{p}/config               [{"name","type","required",...}]
//   PUT /connector-plugins/{p}/config/validate      {"name","error_count","groups","configs":[
//                                                     {"definition":{...},"value":{...}}]}
#pragma once

#include "rest/router.h"
#include "worker/herder.h"

namespace kc::rest {

// `herder` outlives the router.
void add_plugins_resource(Router& router, worker::Herder& herder);

}  // namespace kc::rest
